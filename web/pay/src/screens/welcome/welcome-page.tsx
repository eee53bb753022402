// The first screen: what this is, the two ways in, and the language of everything that follows.
import { Link, useLocation } from 'react-router'
import { chooseLanguage, languages, useLanguage, useText, type Language } from '../../language/language.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import { LinkButton } from '@bahi/web-ui/components/button.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Logo } from '@bahi/web-ui/components/logo.tsx'

export function Component() {
  const t = useText()
  const isSandbox = useIsSandbox()
  // The screen that was asked for is shown after signing in.
  const state = useLocation().state as unknown
  return (
    <main className="lg:grid lg:min-h-dvh lg:place-content-center">
      <Page title={t('app.name')} quiet width="columns">
        <div className="flex min-h-[85dvh] flex-col justify-between gap-8 pt-10 lg:min-h-0 lg:flex-row lg:items-center lg:gap-20 lg:pt-0">
          <div className="flex flex-col items-center gap-5 pt-6 text-center lg:items-start lg:pt-0 lg:text-left">
            <Logo className="size-24 lg:size-28" />
            <p className="text-5xl font-bold">{t('app.name')}</p>
            <p className="max-w-sm text-2xl leading-snug text-soft">{t('app.tagline')}</p>
          </div>
          <div className="flex flex-col gap-3 lg:w-96 lg:rounded-card lg:border lg:border-line lg:bg-card lg:p-8">
            <LinkButton to="/register" state={state} wide>
              {t('welcome.start')}
            </LinkButton>
            <LinkButton to="/sign-in" state={state} look="quiet" wide>
              {t('welcome.have')}
            </LinkButton>
            <Languages />
            {/* Its place is kept: it is known a moment later than the rest. */}
            <p className="min-h-10 text-center text-sm text-soft">
              {isSandbox && (
                <>
                  {t('welcome.sandbox')}{' '}
                  <Link
                    to="/developer"
                    className="inline-flex min-h-11 items-center font-semibold text-accent underline"
                  >
                    {t('developer.link')}
                  </Link>
                </>
              )}
            </p>
          </div>
        </div>
      </Page>
    </main>
  )
}

function Languages() {
  const t = useText()
  const { language } = useLanguage()
  return (
    <ul aria-label={t('profile.language')} className="flex flex-wrap justify-center gap-1">
      {(Object.keys(languages) as Language[]).map((one) => (
        <li key={one}>
          <button
            type="button"
            lang={one}
            aria-pressed={one === language}
            onClick={() => void chooseLanguage(one, 'person')}
            className={`min-h-11 rounded-full px-4 ${one === language ? 'font-semibold text-accent' : 'text-soft hover:bg-sunk'}`}
          >
            {languages[one]}
          </button>
        </li>
      ))}
    </ul>
  )
}
