"""What surrounds the Django project: set-up, embedded servers, supervisor, test plug-in.

Nothing here imports Django: the settings are read by children that got their environment first.
"""
