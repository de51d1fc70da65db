"""Tests of the image, as a platform runs it: `make image-test`."""
