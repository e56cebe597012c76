"""The workbench: the second page, for who edits the routine and tries what goes wrong."""
