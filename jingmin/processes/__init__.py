"""The product's processes: each is one call that returns when it was asked to end.

Each file loads what its own process needs: the api starts again a second sooner without the bot's libraries.
"""
