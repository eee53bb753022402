// The one encrypted storage of this device.
import { openDeviceStorage } from './device-storage.ts'
import { createEncryptedStorage } from './encrypted-storage.ts'

export const storage = createEncryptedStorage(openDeviceStorage())
