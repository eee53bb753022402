// What a payments platform in India is audited by, with what bahi does for each requirement.
import { certIn } from './cert-in.ts'
import { dpdp } from './dpdp.ts'
import { npci } from './npci.ts'
import { access } from './pci-access.ts'
import { networkAndData } from './pci-network-and-data.ts'
import { recordsAndTests } from './pci-records-and-tests.ts'
import { software } from './pci-software.ts'
import { rbiPayments } from './rbi.ts'
import type { Standard } from './requirement.ts'

export const standards: readonly Standard[] = [
  {
    title: 'PCI DSS 4.0.1',
    about: [
      'Numbers are those of the standard. It applies where card numbers are held: bahi holds none, so that its',
      'part is that of a connected system, unless you add RuPay credit or cards of merchants.',
    ].join('\n'),
    requirements: [...networkAndData, ...software, ...access, ...recordsAndTests],
  },
  {
    title: 'RBI',
    about: [
      'Authentication mechanisms for digital payment transactions (25 September 2025, in force since 1 April',
      '2026), security controls of digital payments (18 February 2021 for banks, 30 July 2024 for other',
      'operators), storage of payment data (6 April 2018). The numbers are ours, by topic.',
    ].join('\n'),
    requirements: rbiPayments,
  },
  {
    title: 'NPCI',
    about: [
      'Circulars on UPI for PSPs and apps. Most are not public as a whole: the numbers are ours, by topic;',
      'check each with the text that you have.',
    ].join('\n'),
    requirements: npci,
  },
  {
    title: 'CERT-In',
    about: 'Directions under section 70B(6) of the IT Act, 28 April 2022; numbers are those of its annexure.',
    requirements: certIn,
  },
  {
    title: 'DPDP',
    about: [
      'Digital Personal Data Protection Act 2023 (sections) and its Rules of 13 November 2025; rules 3 and 5 to',
      '16 are in force from 13 May 2027.',
    ].join('\n'),
    requirements: dpdp,
  },
]
