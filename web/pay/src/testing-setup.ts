// Run before each file of the web app's component tests.
import { aroundEachTest } from './testing.tsx'

aroundEachTest()
