"""The WeChat bot: callbacks, conversation, groups, notices, and everything that is sent."""
