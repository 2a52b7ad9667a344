"""Quality, speed, peers, import cost: `make bench`, or `.venv/bin/python -m benchmarks [--shared DIR]`."""

from benchmarks import import_cost, peers, quality, speed

for module in (quality, speed, peers, import_cost):
    print(f"\n# {(module.__doc__ or '').partition(chr(10))[0]}", flush=True)
    module.main()
