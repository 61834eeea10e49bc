"""Python with its faulthandler before or after ours."""

import ctypes
import faulthandler
import sys

library, order, what = sys.argv[1:]
victim = ctypes.PyDLL(library)
if order == "before":
    faulthandler.enable()
victim.victim_install()
if order == "after":
    faulthandler.enable()
victim.victim_crash({"null": 0, "abort": 1, "overflow": 2}[what])
