"""The WeCom platform: its APIs as a caller meets them."""
