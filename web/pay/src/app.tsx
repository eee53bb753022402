// The sitemap: every screen of the app and where it lives, each loaded when it is first shown, but for the very first.
import { createBrowserRouter, Navigate } from 'react-router'
import { Broken } from './broken.tsx'
import { Frame } from './frame.tsx'
import { Gate } from './gate.tsx'
import { Component as Welcome } from './welcome/welcome-page.tsx'
import { Mark } from '@bahi/web-ui/components/logo.tsx'

export const sitemap = [
  { path: '/welcome', Component: Welcome },
  { path: '/register', lazy: () => import('./sign-in/register-page.tsx') },
  { path: '/sign-in', lazy: () => import('./sign-in/sign-in-page.tsx') },
  { path: '/developer', lazy: () => import('./developer/developer-page.tsx') },
  {
    element: <Frame />,
    children: [
      { path: '/', lazy: () => import('./home/home-page.tsx') },
      { path: '/scan', lazy: () => import('./scan/scan-page.tsx') },
      { path: '/receive', lazy: () => import('./receive/receive-page.tsx') },
      { path: '/accounts', lazy: () => import('./accounts/accounts-page.tsx') },
      { path: '/accounts/link', lazy: () => import('./accounts/link-page.tsx') },
      { path: '/accounts/:id', lazy: () => import('./accounts/account-page.tsx') },
      { path: '/accounts/:id/pin', lazy: () => import('./accounts/pin-page.tsx') },
      { path: '/upi-ids', lazy: () => import('./upi-ids/upi-ids-page.tsx') },
      { path: '/upi-ids/new', lazy: () => import('./upi-ids/new-vpa-page.tsx') },
      { path: '/pay', lazy: () => import('./pay/payee-page.tsx') },
      { path: '/pay/account', lazy: () => import('./pay/account-page.tsx') },
      { path: '/pay/:vpa', lazy: () => import('./pay/pay-page.tsx') },
      { path: '/pay/result/:id', lazy: () => import('./pay/result-page.tsx') },
      { path: '/payments/:id', lazy: () => import('./payment/payment-page.tsx') },
      { path: '/history', lazy: () => import('./history/history-page.tsx') },
      { path: '/profile', lazy: () => import('./profile/profile-page.tsx') },
      { path: '/profile/devices', lazy: () => import('./profile/devices-page.tsx') },
      { path: '/profile/lock', lazy: () => import('./lock/lock-page.tsx') },
      { path: '/notifications', lazy: () => import('./notifications/notifications-page.tsx') },
      { path: '/contacts', lazy: () => import('./contacts/contacts-page.tsx') },
    ],
  },
  { path: '*', element: <Navigate to="/" replace /> },
]

/** As `index.html` has it, until the first screen is there. */
function Opening() {
  return (
    <div className="grid min-h-dvh place-items-center">
      <Mark className="size-24" />
    </div>
  )
}

/** What stands around all of them. */
export const routes = [
  { hydrateFallbackElement: <Opening />, errorElement: <Broken />, element: <Gate />, children: sitemap },
]

export const newRouter = () => createBrowserRouter(routes)
