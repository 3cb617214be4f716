"""What goes over the network: each protocol's bytes, to and from Live2D's parameters, and the sockets.

One module a protocol. Decoders and encoders are pure; sockets are in `udp` and, for VTube Studio's WebSocket, `vts_plugin`.
A decoder raises `Malformed` for what is not its protocol, and nothing else whatever the bytes. `capture.sources` makes live
sources of them.
"""
