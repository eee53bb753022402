// A page to read: headings and paragraphs in the language of the app, for whoever is signed in and whoever is not.
import { useLanguage, useText, type Language } from '../../language/language.ts'
import { useIsSandbox } from '../../sandbox/sandbox.ts'
import { CenteredPage } from '@bahi/web-ui/components/centered-page.tsx'
import { Page } from '@bahi/web-ui/components/page.tsx'
import { appVersion } from '../../app/version.ts'

export type Section = { title: string; paragraphs: string[] }
export type Document = { title: string; sections: Section[] }

export function DocumentPage({ texts }: { texts: Record<Language, Document> }) {
  const t = useText()
  const { language } = useLanguage()
  const isSandbox = useIsSandbox()
  const { title, sections } = texts[language]
  return (
    <CenteredPage>
      <Page title={title} back="/profile">
        {isSandbox && <p className="rounded-2xl bg-wait-tint px-4 py-3 text-wait">{t('welcome.sandbox')}</p>}
        {sections.map((section) => (
          <section key={section.title} className="flex flex-col gap-2">
            <h2 className="text-lg font-semibold">{section.title}</h2>
            {section.paragraphs.map((text) => (
              <p key={text}>{text}</p>
            ))}
          </section>
        ))}
        <p className="text-sm text-soft">{t('help.version', { version: appVersion })}</p>
      </Page>
    </CenteredPage>
  )
}
