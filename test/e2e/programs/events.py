"""A service of server-sent events. An event is made only when somebody publishes one.

GET /events   a stream: the event "welcome", then whatever is published
POST /publish sends an event to every stream
GET /streams  how many streams are open
Anything else is answered "ordinary". Arguments: the port.
"""

import asyncio
import contextlib
import sys

streams = set()


async def serve(reader, writer):
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin1")
            path = head.split(" ", 2)[1]
            if path.startswith("/events"):
                await stream(reader, writer)
                break
            if path == "/publish":
                for each in streams:
                    each.write(b"data: published\n\n")
            text = str(len(streams)) if path == "/streams" else "ordinary"
            answer = f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}"
            writer.write(answer.encode())
            await writer.drain()
    writer.close()


async def stream(reader, writer):
    """Until the other side closes; its end of the connection has nothing more to say."""
    writer.write(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
        b"Cache-Control: no-store\r\nConnection: close\r\n\r\ndata: welcome\n\n"
    )
    streams.add(writer)
    try:
        await reader.read(1)
    finally:
        streams.discard(writer)


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]), backlog=1024)
    async with server:
        await server.serve_forever()


with contextlib.suppress(KeyboardInterrupt):
    asyncio.run(main())
