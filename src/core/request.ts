// What the gate knows of a request once its head has been read: plain data, no streams, no I/O.

export interface RequestFacts {
  readonly method: string
  /** The request-target, byte for byte as received. */
  readonly target: string
  /** Header lines as received, flat: name, value, name, value… */
  readonly rawHeaders: readonly string[]
  /** Lower-case names that `Connection` lists (RFC 9110 §7.6.1); undefined when it lists none. */
  readonly connectionOptions: ReadonlySet<string> | undefined
  /** The Host header's value; undefined only for HTTP/1.0. */
  readonly host: string | undefined
  /** Address of the peer; IPv4 in dotted form even on a dual-stack socket. */
  readonly remoteAddress: string
  /** Whether the listener that took the request speaks TLS. */
  readonly secure: boolean
  readonly httpVersion: '1.0' | '1.1'
  readonly hasBody: boolean
  /** Declared length of the body in bytes; undefined when chunked or absent. */
  readonly contentLength: number | undefined
  /** Present when the request opens a WebSocket and is to be tunnelled. */
  readonly webSocket?: WebSocketHandshake
}

/** What a client asks for in the opening handshake of a WebSocket (RFC 6455 §4.1). */
export interface WebSocketHandshake {
  /** Value of `Sec-WebSocket-Key`: 16 bytes in base64. */
  readonly key: string
  /** The subprotocols offered, in order; one of them may carry a token. */
  readonly protocols: readonly string[]
}
