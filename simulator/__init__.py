"""The WeChat Official Account and WeCom platforms as they really behave, over real HTTP."""
