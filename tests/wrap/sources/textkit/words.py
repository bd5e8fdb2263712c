import json
from importlib import resources

TABLE = json.loads(resources.files("textkit").joinpath("tables/words.json").read_text("utf-8"))
