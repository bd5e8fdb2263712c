"""A Cog predictor. Cog has paths and a body of its own: /health-check and /predictions."""

import time

from cog import BasePredictor


class Predictor(BasePredictor):
    def predict(self, text: str, seconds: float = 0) -> str:
        if seconds:
            time.sleep(seconds)
        return text
