// The one vault of this device.
import { deviceShelf } from './shelf.ts'
import { createVault } from './vault.ts'

export const vault = createVault(deviceShelf())
