// The sitemap: every screen of the console by its address, each loaded when it is first shown.
import { createBrowserRouter, Navigate } from 'react-router'
import { ErrorScreen } from './error-screen.tsx'
import { Frame } from './frame.tsx'

export const routes = [
  {
    errorElement: <ErrorScreen />,
    hydrateFallbackElement: <div className="min-h-dvh" />,
    children: [
      { path: '/sign-in', lazy: () => import('../screens/sign-in/sign-in-page.tsx') },
      { path: '/second-factor', lazy: () => import('../screens/second-factor/second-factor-page.tsx') },
      {
        element: <Frame />,
        children: [
          { path: '/', lazy: () => import('../screens/home/home-page.tsx') },
          { path: '/health', lazy: () => import('../screens/health/health-page.tsx') },
          { path: '/payments', lazy: () => import('../screens/payments/payments-page.tsx') },
          { path: '/payments/:id', lazy: () => import('../screens/payments/payment-page.tsx') },
          { path: '/people', lazy: () => import('../screens/people/people-page.tsx') },
          { path: '/people/:id', lazy: () => import('../screens/people/person-page.tsx') },
          { path: '/measures', lazy: () => import('../screens/people/measures-page.tsx') },
          { path: '/cycles', lazy: () => import('../screens/cycles/cycles-page.tsx') },
          {
            path: '/revoked-numbers',
            lazy: () => import('../screens/revoked-numbers/revoked-numbers-page.tsx'),
          },
          { path: '/stops', lazy: () => import('../screens/stops/stops-page.tsx') },
          { path: '/rules', lazy: () => import('../screens/rules/rules-page.tsx') },
          { path: '/kyc', lazy: () => import('../screens/kyc/queue-page.tsx') },
          { path: '/kyc/:id', lazy: () => import('../screens/kyc/review-page.tsx') },
          { path: '/differences', lazy: () => import('../screens/differences/differences-page.tsx') },
          { path: '/dead-letters', lazy: () => import('../screens/dead-letters/dead-letters-page.tsx') },
          {
            path: '/dead-letters/:queue/:id',
            lazy: () => import('../screens/dead-letters/dead-letter-page.tsx'),
          },
          { path: '/grants', lazy: () => import('../screens/grants/grants-page.tsx') },
          { path: '/factor-resets', lazy: () => import('../screens/factor-resets/factor-resets-page.tsx') },
          { path: '/own-factor', lazy: () => import('../screens/second-factor/own-factor-page.tsx') },
          { path: '/audit', lazy: () => import('../screens/audit/audit-page.tsx') },
        ],
      },
      { path: '*', element: <Navigate to="/" replace /> },
    ],
  },
]

export const newRouter = () => createBrowserRouter(routes)
