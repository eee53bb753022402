// The first screen: what this is, and the two ways in.
import { Link } from 'react-router'
import { useText } from '../language.ts'
import { useIsSandbox } from '../sandbox.ts'
import { LinkButton } from '../ui/button.tsx'
import { Page } from '../ui/page.tsx'

export function Component() {
  const t = useText()
  const isSandbox = useIsSandbox()
  return (
    <main>
      <Page title={t('app.name')} quiet>
        <div className="flex min-h-[80dvh] flex-col justify-between gap-8 pt-16">
          <div className="flex flex-col items-center gap-6 text-center">
            <img src="/icon.svg" alt="" className="size-24 animate-pop" />
            <p className="text-4xl font-bold">{t('app.name')}</p>
            <p className="max-w-xs text-lg text-soft">{t('app.tagline')}</p>
          </div>
          <div className="flex flex-col gap-3">
            <LinkButton to="/register" wide>
              {t('welcome.start')}
            </LinkButton>
            <LinkButton to="/sign-in" look="quiet" wide>
              {t('welcome.have')}
            </LinkButton>
            {isSandbox && (
              <p className="text-center text-sm text-soft">
                {t('welcome.sandbox')}{' '}
                <Link to="/developer" className="font-semibold text-accent underline">
                  {t('developer.link')}
                </Link>
              </p>
            )}
          </div>
        </div>
      </Page>
    </main>
  )
}
