// A screen that cannot be loaded: says so in the app's own words and offers to reload.
import { render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, test, vi } from 'vitest'
import { routes } from './sitemap.tsx'

test('a screen whose file is gone says so, and begins anew', async () => {
  const consoleError = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { errorElement } = routes[0]!
  const gone = { path: '/', lazy: () => Promise.reject(new Error('gone')) }
  render(<RouterProvider router={createMemoryRouter([{ errorElement, children: [gone] }])} />)
  expect(await screen.findByRole('heading', { name: 'Something went wrong' })).toBeTruthy()
  expect(screen.getByRole('alert').textContent).toContain('Your money and your payments are safe')
  expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy()
  consoleError.mockRestore()
})
