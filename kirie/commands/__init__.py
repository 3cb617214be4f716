"""The commands of the `kirie` command line, one module each. They only wire rooms together and talk to the user."""
