// A page to read: headings and paragraphs in the language of the app, for whoever is signed in and whoever is not.
import { useLanguage, useText, type Language } from '../../language/language.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import { Link } from 'react-router'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Icon } from '@bahi/web-ui/components/icon.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { Note } from '@bahi/web-ui/components/states.tsx'
import { appVersion } from '../../app/version.ts'

/** `links`: to the screens where it is done. */
export type Section = { title: string; paragraphs: string[]; links?: [to: string, text: string][] }
export type Document = { title: string; sections: Section[] }

export function DocumentPage({ texts }: { texts: Record<Language, Document> }) {
  const t = useText()
  const { language } = useLanguage()
  const isSandbox = useIsSandbox()
  const { title, sections } = texts[language]
  return (
    <CenteredPage>
      <Page title={title} back="/profile">
        {isSandbox && <Note tone="wait">{t('welcome.sandbox')}</Note>}
        {sections.map((section) => (
          <section key={section.title} className="flex flex-col gap-2">
            <h2 className="text-lg font-semibold">{section.title}</h2>
            {section.paragraphs.map((text) => (
              <p key={text}>{text}</p>
            ))}
            {section.links?.map(([to, text]) => (
              <Link
                key={to}
                to={to}
                className="flex min-h-11 items-center gap-1 self-start font-semibold text-accent hover:underline"
              >
                {text}
                <Icon name="right" className="size-5" />
              </Link>
            ))}
          </section>
        ))}
        <p className="text-sm text-soft">{t('help.version', { version: appVersion })}</p>
      </Page>
    </CenteredPage>
  )
}
