"""REST and live feed for residents' and staff pages: aiohttp, OpenAPI 3.1, problem+json."""
