// Gives Nx each package's cached targets and its tag, so that a package.json holds a name and dependencies only.

import { dirname } from 'node:path'
import { partOf } from './boundaries.ts'

const command = (text) => ({
  executor: 'nx:run-commands',
  options: { command: text, cwd: '{workspaceRoot}' },
})

function targets(root) {
  return {
    types: {
      ...command(`node tools/check-types.ts ${root}`),
      cache: true,
      inputs: ['default', '^default', 'settings'],
    },
    lint: { ...command(`eslint ${root}`), cache: true, inputs: ['default', '^default', 'settings'] },
    test: {
      ...command(`vitest run --passWithNoTests ${root}/`),
      cache: true,
      inputs: ['default', '^default', 'settings'],
    },
  }
}

/** Every folder of the table in `boundaries.ts` that holds a package; `tools` has none and stands by this file. */
export const createNodes = [
  '{packages/*,services/*,sandbox,web/*,e2e,bench}/package.json',
  (files) =>
    [...files, 'tools/nx-targets.js'].map((file) => {
      const root = dirname(file)
      const named = root === 'tools' ? { name: 'tools' } : {}
      return [
        file,
        {
          projects: {
            [root]: {
              ...named,
              projectType: 'library',
              tags: [`scope:${partOf(root)?.scope}`],
              targets: targets(root),
            },
          },
        },
      ]
    }),
]
