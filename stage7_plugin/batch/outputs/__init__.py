"""The files of a whole fleet: overview, compose, bake and Kubernetes.

They are written from the manifests that lie in the plugins' folders, so that they say what is
there, also where a person has changed it.
"""
