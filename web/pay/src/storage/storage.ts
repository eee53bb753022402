// The one vault of this device.
import { deviceShelf } from './device-storage.ts'
import { createVault } from './encrypted-storage.ts'

export const vault = createVault(deviceShelf())
