// Starts a built gate of the golden table, with its keys and its upstream at hand.
import { startGate, type Gate } from '../e2e/helpers/gate.ts'
import type { Scope } from '../e2e/helpers/program.ts'
import { configurationOf, type Places } from './gates.ts'
import type { GateName } from './row.ts'

/** A path on which the gate has a fault, as no gate has by itself. */
export const faultPath = '/fault-of-the-golden-table'

/** Loaded before the gate: breaks what every look-up of this path's segment goes through. */
const fault = `
const { get } = Map.prototype
Map.prototype.get = function (key) {
  if (key === '${faultPath.slice(1)}') throw new Error('a fault')
  return get.call(this, key)
}`

/** Starts `node dist/main.js serve` and waits until it listens. */
export const startGoldenGate = (scope: Scope, name: GateName, places: Places): Promise<Gate> =>
  startGate(scope, {
    config: configurationOf(name, places),
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(fault)}` },
  })
