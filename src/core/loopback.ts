// Hosts that are this machine: nobody stands between it and the gate.

/** Whether a URL's host is this machine, whatever the name service says (RFC 6761 §6.3). */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127\.\d+\.\d+\.\d+$/.test(hostname)
