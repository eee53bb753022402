// Which PINs are too easy to guess, as a table.
import { describe, expect, it } from 'vitest'
import { isWeakPin } from './weak-pin.ts'

describe('a PIN', () => {
  it.each(['0000', '9999', '1234', '4321', '0123', '8901', '2109', '111111', '123456', '654321'])(
    '%s is weak',
    (pin) => expect(isWeakPin(pin)).toBe(true),
  )
  it.each(['4826', '4071', '1235', '1122', '9013', '135792'])('%s is not', (pin) =>
    expect(isWeakPin(pin)).toBe(false),
  )
})
