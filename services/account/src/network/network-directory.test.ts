// Banks and keys of the network, with a stub of its adapter: cached, and kept while it does not answer.
import type { Bank } from '@bahi/contracts/account.ts'
import { listBanks, pinKeys } from '@bahi/contracts/account.ts'
import { Problem } from '@bahi/contracts/problem.ts'
import { noNetwork } from '@bahi/kit/network/no-network.ts'
import { adjustableClock } from '@bahi/testing/clock.ts'
import { testPlatform } from '@bahi/testing/platform.ts'
import { expect, inject, it } from 'vitest'
import { service } from '../app.ts'
import { testEnv } from '../testing.ts'
import { createNetworkDirectory } from './network-directory.ts'

const ganga: Bank = { code: 'GANG', name: 'Ganga Bank', ifsc: 'GANG0000001', onUs: false, pinLength: 6 }

function stubbed() {
  const clock = adjustableClock()
  const state = { down: false, calls: 0, banks: [ganga] }
  const answer = <T>(value: () => T): Promise<T> => {
    state.calls += 1
    return state.down ? Promise.reject(new Problem('bank-unreachable')) : Promise.resolve(value())
  }
  const network = {
    ...noNetwork({ orgId: 'BAHI', timeScale: 1 }),
    listBanks: () => answer(() => state.banks),
    listKeys: () => answer(() => [{ kid: 'network' }]),
  }
  return { clock, state, network, directory: createNetworkDirectory({ clock, network }) }
}

it('fetches once while the list is fresh', async () => {
  const { clock, state, directory } = stubbed()
  expect(await directory.banks()).toEqual([ganga])
  state.banks = []
  expect(await directory.banks()).toEqual([ganga])
  expect(state.calls).toBe(1)
  clock.advance(5 * 60_000 + 1)
  expect(await directory.banks()).toEqual([])
})

it('returns the last list while the network does not answer', async () => {
  const { clock, state, directory } = stubbed()
  await directory.banks()
  await directory.keys()
  state.down = true
  clock.advance(3_600_000)
  expect(await directory.banks()).toEqual([ganga])
  expect(await directory.keys()).toEqual([{ kid: 'network' }])
})

it('has neither keys nor banks before the network answered for the first time', async () => {
  const { state, directory } = stubbed()
  state.down = true
  expect(await directory.keys()).toEqual([])
  await expect(directory.banks()).rejects.toMatchObject({ code: 'bank-unreachable' })
})

it('serves the routes of account from the adapter that the runtime was given', async () => {
  const { network } = stubbed()
  const env = await testEnv()
  const platform = await testPlatform(inject('postgresUrl'), { services: [service], env, network })
  try {
    const { banks } = await platform.anybody(listBanks, {})
    expect(banks.map(({ code }) => code)).toEqual(['BAHI', 'GANG'])
    const { keys } = await platform.anybody(pinKeys, {})
    expect(keys.map(({ kid, bank }) => [kid, bank])).toEqual([
      ['test', 'BAHI'],
      ['network', '*'],
    ])
  } finally {
    await platform.stop()
  }
})
