"""The yardstick of bench/bot: the echo bot of wechatpy's own documentation on Flask, one process.

It checks, opens and answers a callback of the safe mode and keeps nothing.
"""

from __future__ import annotations

import sys

from flask import Flask, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto


def main() -> None:
    port, token, aes_key, appid = int(sys.argv[1]), *sys.argv[2:5]
    app = Flask(__name__)
    crypto = WeChatCrypto(token, aes_key, appid)

    @app.post("/wechat/official")
    def callback() -> str:
        args = request.args
        text = crypto.decrypt_message(
            request.data, args["msg_signature"], args["timestamp"], args["nonce"]
        )
        reply = create_reply("echo", parse_message(text)).render()
        sealed: str = crypto.encrypt_message(reply, args["nonce"], args["timestamp"])
        return sealed

    app.run("127.0.0.1", port, threaded=True)


if __name__ == "__main__":
    main()
