import 'antd/dist/reset.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Root } from './root'
import { bringFonts } from '@/kit/fonts'
import '@/kit/kit.css'
import './shell.css'

const host = document.getElementById('root')
if (!host) throw new Error('the page has no #root')
bringFonts()
createRoot(host).render(
  <StrictMode>
    <Root />
  </StrictMode>,
)
