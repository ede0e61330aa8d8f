"""The public HTTP contract: routes, keys, origins, problem documents, and the OpenAPI document made from them."""
