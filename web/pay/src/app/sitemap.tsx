// The sitemap: every screen of the app by its address, each loaded when it is first shown, except the first one.
import { createBrowserRouter, Navigate } from 'react-router'
import { ErrorScreen } from './error-screen.tsx'
import { flow, SignedInFrame } from './signed-in-frame.tsx'
import { AppShell } from './app-shell.tsx'
import { Component as Welcome } from '../screens/welcome/welcome-page.tsx'
import { Logo } from '@bahi/web-ui/components/logo.tsx'

export const sitemap = [
  { path: '/welcome', Component: Welcome },
  { path: '/register', lazy: () => import('../screens/sign-in/register-page.tsx') },
  { path: '/sign-in', lazy: () => import('../screens/sign-in/sign-in-page.tsx') },
  { path: '/forgot-password', lazy: () => import('../screens/sign-in/forgot-password-page.tsx') },
  { path: '/stop-payments', lazy: () => import('../screens/stop-payments/stop-payments-page.tsx') },
  { path: '/help', lazy: () => import('../screens/help/help-page.tsx') },
  { path: '/terms', lazy: () => import('../screens/help/terms-page.tsx') },
  { path: '/privacy', lazy: () => import('../screens/help/privacy-page.tsx') },
  { path: '/connect/refused', lazy: () => import('../screens/apps/refused-page.tsx') },
  { path: '/verify/:id', lazy: () => import('../screens/verify/verify-page.tsx') },
  { path: '/developer', lazy: () => import('../screens/developer/developer-page.tsx') },
  {
    element: <SignedInFrame />,
    children: [
      { path: '/', lazy: () => import('../screens/home/home-page.tsx') },
      { path: '/scan', lazy: () => import('../screens/scan/scan-page.tsx') },
      { path: '/receive', lazy: () => import('../screens/receive/receive-page.tsx') },
      { path: '/accounts', lazy: () => import('../screens/accounts/accounts-page.tsx') },
      { path: '/accounts/link', lazy: () => import('../screens/accounts/link-page.tsx') },
      { path: '/accounts/:id', lazy: () => import('../screens/accounts/account-page.tsx') },
      { path: '/accounts/:id/pin', handle: flow, lazy: () => import('../screens/accounts/pin-page.tsx') },
      { path: '/upi-ids', lazy: () => import('../screens/upi-ids/upi-ids-page.tsx') },
      { path: '/upi-ids/number', lazy: () => import('../screens/upi-ids/new-number-page.tsx') },
      { path: '/upi-ids/new', lazy: () => import('../screens/upi-ids/new-vpa-page.tsx') },
      { path: '/pay', lazy: () => import('../screens/send-money/choose-payee-page.tsx') },
      {
        path: '/pay/account',
        handle: flow,
        lazy: () => import('../screens/send-money/pay-account-page.tsx'),
      },
      { path: '/pay/:vpa', handle: flow, lazy: () => import('../screens/send-money/send-money-page.tsx') },
      {
        path: '/pay/result/:id',
        handle: flow,
        lazy: () => import('../screens/send-money/payment-result-page.tsx'),
      },
      { path: '/requests', lazy: () => import('../screens/requests/requests-page.tsx') },
      { path: '/requests/new', lazy: () => import('../screens/requests/choose-payer-page.tsx') },
      { path: '/requests/new/:vpa', handle: flow, lazy: () => import('../screens/requests/ask-page.tsx') },
      { path: '/requests/:id', lazy: () => import('../screens/requests/request-page.tsx') },
      { path: '/schedules', lazy: () => import('../screens/schedules/schedules-page.tsx') },
      { path: '/schedules/new', lazy: () => import('../screens/schedules/choose-payee-page.tsx') },
      { path: '/schedules/new/:vpa', handle: flow, lazy: () => import('../screens/schedules/plan-page.tsx') },
      { path: '/schedules/:id', lazy: () => import('../screens/schedules/schedule-page.tsx') },
      { path: '/schedules/:id/edit', handle: flow, lazy: () => import('../screens/schedules/edit-page.tsx') },
      { path: '/autopay', lazy: () => import('../screens/autopay/autopay-page.tsx') },
      { path: '/autopay/new', lazy: () => import('../screens/autopay/choose-payee-page.tsx') },
      { path: '/autopay/new/:vpa', handle: flow, lazy: () => import('../screens/autopay/new-page.tsx') },
      { path: '/autopay/ask', lazy: () => import('../screens/autopay/choose-payer-page.tsx') },
      { path: '/autopay/ask/:vpa', handle: flow, lazy: () => import('../screens/autopay/ask-page.tsx') },
      { path: '/autopay/agree', handle: flow, lazy: () => import('../screens/autopay/agree-page.tsx') },
      { path: '/autopay/code', handle: flow, lazy: () => import('../screens/autopay/code-page.tsx') },
      { path: '/autopay/elsewhere', lazy: () => import('../screens/autopay/elsewhere-page.tsx') },
      {
        path: '/autopay/elsewhere/:umn',
        handle: flow,
        lazy: () => import('../screens/autopay/take-page.tsx'),
      },
      { path: '/autopay/:id/change', handle: flow, lazy: () => import('../screens/autopay/change-page.tsx') },
      { path: '/autopay/:id/move', handle: flow, lazy: () => import('../screens/autopay/move-page.tsx') },
      { path: '/autopay/:id', lazy: () => import('../screens/autopay/mandate-page.tsx') },
      { path: '/payments/:id', lazy: () => import('../screens/payment-detail/payment-detail-page.tsx') },
      { path: '/history/statement', lazy: () => import('../screens/history/statement-page.tsx') },
      { path: '/history', lazy: () => import('../screens/history/history-page.tsx') },
      { path: '/history/hidden', lazy: () => import('../screens/history/hidden-page.tsx') },
      { path: '/history/spending', lazy: () => import('../screens/insight/spending-page.tsx') },
      { path: '/people/:vpa', lazy: () => import('../screens/insight/thread-page.tsx') },
      { path: '/profile/blocked', lazy: () => import('../screens/profile/blocked-page.tsx') },
      { path: '/profile', lazy: () => import('../screens/profile/profile-page.tsx') },
      { path: '/profile/password', lazy: () => import('../screens/profile/password-page.tsx') },
      { path: '/profile/phone', lazy: () => import('../screens/profile/phone-page.tsx') },
      { path: '/profile/passkeys', lazy: () => import('../screens/profile/passkeys-page.tsx') },
      { path: '/profile/devices', lazy: () => import('../screens/profile/devices-page.tsx') },
      { path: '/connect/:uid', handle: flow, lazy: () => import('../screens/apps/connect-page.tsx') },
      { path: '/profile/apps', lazy: () => import('../screens/apps/apps-page.tsx') },
      { path: '/profile/apps/own', lazy: () => import('../screens/apps/own-apps-page.tsx') },
      { path: '/profile/limits', lazy: () => import('../screens/limits/limits-page.tsx') },
      { path: '/profile/notifications', lazy: () => import('../screens/profile/message-kinds-page.tsx') },
      { path: '/profile/data', lazy: () => import('../screens/privacy/data-page.tsx') },
      { path: '/profile/kyc', lazy: () => import('../screens/kyc/kyc-page.tsx') },
      { path: '/profile/lock', lazy: () => import('../screens/lock/lock-page.tsx') },
      { path: '/notifications', lazy: () => import('../screens/notifications/notifications-page.tsx') },
      { path: '/contacts', lazy: () => import('../screens/contacts/contacts-page.tsx') },
    ],
  },
  { path: '*', element: <Navigate to="/" replace /> },
]

/** As `index.html` has it, until the first screen is there. */
function OpeningScreen() {
  return (
    <div className="grid min-h-dvh place-items-center">
      <Logo className="size-24" />
    </div>
  )
}

/** The routes with what surrounds every screen. */
export const routes = [
  {
    hydrateFallbackElement: <OpeningScreen />,
    errorElement: <ErrorScreen />,
    element: <AppShell />,
    children: sitemap,
  },
]

export const newRouter = () => createBrowserRouter(routes)
