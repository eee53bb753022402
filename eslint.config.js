// The rules for code; who may import whom comes from the one table in tools/boundaries.ts.

import nx from '@nx/eslint-plugin'
import prettier from 'eslint-config-prettier'
import compat from 'eslint-plugin-compat'
import esx from 'eslint-plugin-es-x'
import { defineConfig, globalIgnores } from 'eslint/config'
import tseslint from 'typescript-eslint'
import { drivers, parts } from './tools/boundaries.ts'
import { ownKeys } from './tools/lint-own-keys.ts'
import { transactions } from './tools/lint-transactions.ts'

const glob = (part) => `${part.folder}/**/*.{ts,tsx}`

const boundaries = [
  'error',
  {
    enforceBuildableLibDependency: false,
    // What a start needs only sometimes, it may import when it does.
    checkDynamicDependenciesExceptions: ['.*'],
    // Only tests of the kit start a platform of test adapters.
    ignoredCircularDependencies: [['@bahi/kit', '@bahi/testing']],
    depConstraints: parts.map((part) => ({
      sourceTag: `scope:${part.scope}`,
      onlyDependOnLibsWithTags: [...part.imports, ...(part.inTests ?? [])].map((name) => `scope:${name}`),
    })),
  },
]

const driversBelongToTheKit = {
  group: drivers.flatMap((name) => [name, `${name}/*`]),
  message: 'Only packages/kit names this driver: use what the kit offers.',
}
const browsersHaveNoNode = {
  group: ['node:*'],
  message: 'The contracts run in a browser too.',
}

export default defineConfig(
  globalIgnores(['node_modules/', 'coverage/', '.nx/', '.bahi/', '**/dist/', '.husky/_/']),

  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    plugins: { '@nx': nx, bahi: { rules: { 'own-keys': ownKeys, transactions } } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-var': 'error',
      'prefer-const': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector: ':matches(ClassDeclaration, ClassExpression):not([id.name="Problem"])',
          message: 'Functions in modules; Problem is the only class.',
        },
        {
          // What stands in `declare module` merges with a library's own interface, and must be one.
          selector: ':matches(Program, ExportNamedDeclaration) > TSInterfaceDeclaration',
          message: 'A type is written as a `type`.',
        },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrors: 'none', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@nx/enforce-module-boundaries': boundaries,
    },
  },

  {
    files: parts.filter((part) => !part.drivers).map(glob),
    rules: { 'no-restricted-imports': ['error', { patterns: [driversBelongToTheKit] }] },
  },
  {
    files: ['packages/contracts/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: [driversBelongToTheKit, browsersHaveNoNode] }] },
  },

  // What runs in a browser keeps to what every browser of `browserslist` has: web APIs by its data, and the language
  // by the last edition that all of them know.
  {
    files: ['{web/*,packages/contracts}/src/**/*.{ts,tsx}'],
    ignores: ['**/*.test.{ts,tsx}', '**/testing.tsx'],
    extends: [compat.configs['flat/recommended'], esx.configs['flat/restrict-to-es2023']],
    // The first two are asked for before they are used; the third is everywhere, whatever the data says.
    settings: { polyfills: ['BarcodeDetector', 'navigator.vibrate', 'navigator.cookieEnabled'] },
  },

  // What a stranger names is looked up in no plain object.
  {
    files: ['{services,packages,web}/*/src/**/*.{ts,tsx}', 'sandbox/src/**/*.ts'],
    ignores: ['**/*.test.{ts,tsx}', '**/testing*.{ts,tsx}', 'packages/{platform,testing}/**'],
    rules: { 'bahi/own-keys': 'error' },
  },

  // What runs in a transaction may run twice.
  {
    files: ['services/*/src/**/*.ts', 'sandbox/src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing*.ts'],
    rules: { 'bahi/transactions': 'error' },
  },

  // A service speaks through its log.
  {
    files: ['{services,packages}/*/src/**/*.ts'],
    // What starts the platform from a terminal speaks there.
    ignores: ['**/*.test.ts', 'packages/platform/**'],
    rules: { 'no-console': 'error' },
  },

  prettier,
)
