"""The public register as pages: static files beside one stylesheet, without a script and without another host."""
