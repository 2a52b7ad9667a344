"""How the shipped model was made: `python -m training.train --data DIR --out DIR`."""
