"""Cedar's own engine: a set of policies, entities and a request give exactly Cedar's answer."""
