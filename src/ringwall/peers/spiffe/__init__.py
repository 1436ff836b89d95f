"""The wire format of the SPIFFE Workload API. ``workload_pb2.py`` is generated from ``workload.proto`` by protoc."""

FETCH_X509_SVID = "/SpiffeWorkloadAPI/FetchX509SVID"
FETCH_X509_BUNDLES = "/SpiffeWorkloadAPI/FetchX509Bundles"
JWT_METHODS = tuple(f"/SpiffeWorkloadAPI/{name}" for name in ("FetchJWTSVID", "FetchJWTBundles", "ValidateJWTSVID"))
SECURITY_HEADER = "workload.spiffe.io"
