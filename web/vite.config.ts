import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** The API server a developer runs beside `npm run dev`. */
const backend = process.env['LIUKE_API'] ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  server: { proxy: { '/api': backend } },
  preview: { proxy: { '/api': backend } },
  build: {
    chunkSizeWarningLimit: 1200,
    // Fonts and pictures stay files: a data: address inside the entry would be paid for by everybody.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ }] },
      },
    },
  },
})
