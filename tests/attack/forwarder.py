# SPDX-License-Identifier: MIT
"""TLS, with a name in SNI, for a tool that speaks plain HTTP or sends none."""

import asyncio
import contextlib
import threading

from certificates import client_context
from daemon import HOST

ANY_END = (OSError, EOFError)  # what a connection may end with


async def pump(reader, writer):
    with contextlib.suppress(*ANY_END):
        while octets := await reader.read(4096):
            writer.write(octets)
            await writer.drain()
    writer.close()


class Forwarder:
    """From its `port` to the daemon, in a thread, until the block ends."""

    def __init__(self, daemon):
        self._daemon = daemon
        self._context = client_context()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    async def _start(self):
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0,
                                            backlog=1024)
        return server.sockets[0].getsockname()[1]

    async def _forward(self, reader, writer):
        try:
            theirs = await asyncio.open_connection(
                "127.0.0.1", self._daemon.port, ssl=self._context,
                server_hostname=HOST)
        except ANY_END:
            writer.close()
            return
        await asyncio.gather(pump(reader, theirs[1]), pump(theirs[0], writer))

    def __enter__(self):
        self._thread.start()
        self.port = asyncio.run_coroutine_threadsafe(
            self._start(), self._loop).result()
        return self

    async def _stop(self):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __exit__(self, *_):
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
