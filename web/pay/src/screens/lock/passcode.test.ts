// Passcodes that whoever finds the device tries first.
import { expect, it } from 'vitest'
import { isGuessable } from './passcode.ts'

it.each([
  ['000000', true],
  ['123456', true],
  ['654321', true],
  ['482913', false],
  ['112233', false],
  ['135790', false],
  ['246802', false],
])('%s: %s', (passcode, guessable) => {
  expect(isGuessable(passcode)).toBe(guessable)
})
