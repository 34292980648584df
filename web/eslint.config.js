import js from '@eslint/js'
import boundaries from 'eslint-plugin-boundaries'
import hooks from 'eslint-plugin-react-hooks'
import { fileURLToPath } from 'node:url'
import ts from 'typescript-eslint'

const outsideTokens = 'Colours and pixels live in kit/tokens.ts.'

export default ts.config(
  { ignores: ['dist', 'src/api/schema.ts', 'node_modules', 'coverage'] },
  js.configs.recommended,
  ...ts.configs.strict,
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { boundaries, 'react-hooks': hooks },
    settings: {
      'import/resolver': { [fileURLToPath(new URL('eslint/alias.cjs', import.meta.url))]: {} },
      'boundaries/include': ['src/**/*'],
      'boundaries/elements': [
        { type: 'app', pattern: 'src/app' },
        { type: 'capability', pattern: 'src/data/*', capture: ['name'] },
        { type: 'capability', pattern: 'src/guard/*', capture: ['name'] },
        { type: 'capability', pattern: 'src/insight/*', capture: ['name'] },
        { type: 'kit', pattern: 'src/kit' },
        { type: 'api', pattern: 'src/api' },
      ],
    },
    rules: {
      ...hooks.configs.recommended.rules,
      'boundaries/no-unknown-files': 'error',
      'boundaries/dependencies': [
        'error',
        {
          default: 'disallow',
          policies: [
            {
              from: { element: { type: 'app' } },
              allow: { to: { element: { type: ['app', 'capability', 'kit', 'api'] } } },
            },
            { from: { element: { type: 'capability' } }, allow: { to: { element: { type: ['kit', 'api'] } } } },
            {
              from: { element: { type: 'capability' } },
              allow: { to: { element: { type: 'capability', captured: { name: '{{from.name}}' } } } },
            },
            { from: { element: { type: 'kit' } }, allow: { to: { element: { type: ['kit', 'api'] } } } },
            { from: { element: { type: 'api' } }, allow: { to: { element: { type: 'api' } } } },
          ],
        },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      'max-lines': ['error', 400],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'Literal[value=/#[0-9a-fA-F]{3,8}$|[0-9]px/]', message: outsideTokens },
        { selector: 'TemplateElement[value.raw=/#[0-9a-fA-F]{6}|[0-9]px/]', message: outsideTokens },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'fetch', message: 'Components ask queries.ts, queries.ts asks api/client.' },
      ],
    },
  },
  { files: ['src/kit/tokens.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['scripts/**', 'eslint/**', '*.config.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        document: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        require: 'readonly',
        exports: 'writable',
        __dirname: 'readonly',
      },
    },
  },
  { files: ['eslint/**'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
)
