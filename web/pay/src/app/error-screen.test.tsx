// A screen that cannot be loaded: says so in the app's own words and offers to reload.
import { act, cleanup, render, screen } from '@testing-library/react'
import { createMemoryRouter, RouterProvider } from 'react-router'
import { expect, test, vi } from 'vitest'
import { routes } from './sitemap.tsx'

test('a screen whose file is gone says so, and begins anew, without a network once it is back', async () => {
  const consoleError = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const { errorElement } = routes[0]!
  const gone = { path: '/', lazy: () => Promise.reject(new Error('gone')) }
  render(<RouterProvider router={createMemoryRouter([{ errorElement, children: [gone] }])} />)
  expect(await screen.findByRole('heading', { name: 'Something went wrong' })).toBeTruthy()
  expect(screen.getByRole('alert').textContent).toContain('Your money and your payments are safe')
  expect(screen.getByRole('button', { name: 'Reload' })).toBeTruthy()
  cleanup()
  const reload = vi.spyOn(location, 'reload').mockImplementation(() => undefined)
  const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  render(<RouterProvider router={createMemoryRouter([{ errorElement, children: [gone] }])} />)
  expect((await screen.findByRole('alert')).textContent).toContain('opens by itself when you’re back online')
  expect(reload).not.toHaveBeenCalled()
  onLine.mockReturnValue(true)
  act(() => void window.dispatchEvent(new Event('online')))
  await vi.waitFor(() => expect(reload).toHaveBeenCalledOnce())
  for (const spy of [reload, onLine]) spy.mockRestore()
  consoleError.mockRestore()
})
