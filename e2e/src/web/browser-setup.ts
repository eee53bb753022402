// Before the browser tests: finds the browser, and builds the apps as they are served.
import { ensureServers, programPath } from '@bahi/testing/servers.ts'
import type { TestProject } from 'vitest/node'
import { builtWeb } from '@bahi/platform/web-build.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The program; empty where there is none and the tests are skipped. */
    chromium: string
    /** The same engine without windows, which takes a fifth less of the CPU; chromium itself where it is not. */
    headlessShell: string
    webFolder: string
    consoleFolder: string
  }
}

export default async function setup(project: TestProject): Promise<void> {
  await ensureServers(['chromium'])
  // Not in every distribution: on its own, so that a package that is unknown keeps nothing else away.
  await ensureServers(['chromium-headless-shell'])
  const chromium = programPath('chromium')
  if (!chromium && process.env['CI'] === 'true') throw new Error('chromium is missing: in CI every test runs')
  if (!chromium) console.warn('chromium is not installed here: the browser tests are skipped')
  project.provide('chromium', chromium ?? '')
  project.provide('headlessShell', programPath('chromium-headless-shell') ?? chromium ?? '')
  const [web, operators] = await Promise.all(chromium ? [builtWeb(), builtWeb('web/console')] : [])
  project.provide('webFolder', web ?? '')
  project.provide('consoleFolder', operators ?? '')
}
