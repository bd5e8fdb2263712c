ORDERS = {"A-1": {"state": "sent", "lines": ["tea", "milk", "Kekse für übermorgen"]}}
