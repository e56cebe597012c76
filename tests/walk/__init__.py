"""Random walks over the virtual Echo: whatever people, devices and networks do, the promises hold."""
