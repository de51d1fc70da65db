{#- A text of `vars` as an SQL literal. -#}
{% macro literal(text) %}{{ return("'" ~ (text | string).replace("'", "''") ~ "'") }}{% endmacro %}

{#- The group of people without a value, as an SQL literal. A variable that is set to null or nothing has its default. -#}
{% macro unknown_label() %}{{ return(literal(var('learning360_unknown_label') or 'Non renseigné')) }}{% endmacro %}

{#- The label of a group; never NULL. -#}
{% macro known(expression) %}{{ return('coalesce(' ~ expression ~ ', ' ~ unknown_label() ~ ')') }}{% endmacro %}

{#- The value of a variable that is a name or a list of names, as a list. -#}
{% macro names_of(value) %}
{%- if value is none or value == '' %}{{ return([]) }}{% endif %}
{{- return([value] if value is string or value is number else value) }}
{% endmacro %}

{#- Every kind of blank, and a text without those around it. -#}
{% macro blanks() %}
{{- return(
    ' \t\n\u000b\u000c\r\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000'
) }}
{% endmacro %}

{% macro trimmed(expression) %}{{ return(without_ends(expression, blanks())) }}{% endmacro %}

{#-
  The form in which names are compared: composed, in lower case, one kind of apostrophe, hyphen and blank, without
  invisible characters. `translate` deletes each character of `from` without a counterpart in `to`.
-#}
{% macro normal_form(expression) %}
{%- set capitals = 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝŒŸ' %}
{%- set hyphens = '\u2010\u2011\u2012\u2013\u2014\u2212' %}
{%- set apostrophes = '\u2018\u2019\u02bc\u2032\u0060' %}
{%- set unseen = '\u200b\u200c\u200d\u2060\ufeff\u00ad' %}
{%- set from = capitals ~ blanks() ~ hyphens ~ apostrophes ~ unseen %}
{%- set to = capitals.lower() ~ ' ' * (blanks() | length) ~ '-' * (hyphens | length) ~ "''" * (apostrophes | length) %}
{%- set text = "lower(" ~ mapped(composed(expression), from, to) ~ ")" %}
{{- return("trim(" ~ replace_all(text, ' +', ' ') ~ ")") }}
{% endmacro %}

{#- True if an id or a name is in a list of `vars`; false for an empty list. -#}
{% macro listed(id, name, names) %}
{%- set names = names_of(names) %}
{%- if not names %}{{ return('false') }}{% endif %}
{%- set ids, forms = [], [] %}
{%- for one in names %}
    {%- do ids.append(literal(one)) %}
    {%- do forms.append(normal_form(literal(one))) %}
{%- endfor %}
{{- return(
    '(coalesce(' ~ id ~ ' in (' ~ ids | join(', ') ~ '), false)'
    ~ ' or coalesce(' ~ normal_form(name) ~ ' in (' ~ forms | join(', ') ~ '), false))'
) }}
{% endmacro %}

{#- A text in plain letters: without accents, in lower case. -#}
{% macro plain(expression) %}
{{- return("lower(" ~ without_accents("replace(replace(" ~ expression ~ ", 'œ', 'oe'), 'Œ', 'oe')") ~ ")") }}
{% endmacro %}

{#- Letters, digits and _ of a name: `Secteur d'activité` is secteur_d_activite. Empty if nothing is left. -#}
{% macro slug(expression) %}
{{- return(without_ends('substr(' ~ replace_all(plain(expression), '[^a-z0-9]+', '_') ~ ', 1, 30)', '_')) }}
{% endmacro %}

{#- The words of a title in plain letters, with a blank before and after: ` apres midi `. -#}
{% macro words(expression) %}
{{- return("' ' || trim(" ~ replace_all(plain(normal_form(expression)), '[^a-z0-9]+', ' ') ~ ") || ' '") }}
{% endmacro %}

{#- A text of 1 to 9 digits, with any blanks between them, as a number, else NULL. -#}
{% macro whole_number(expression) %}
{%- set digits = "replace(" ~ normal_form(expression) ~ ", ' ', '')" %}
{{- return("case when " ~ matches(digits, '^[0-9]{1,9}$') ~ " then cast(" ~ digits ~ " as bigint) end") }}
{% endmacro %}

{#-
  A mark as a fraction of whole numbers, on a scale from 0: of 4, 4.5 or 4,5 (on that scale), 4,5/5 or 9/10 (on their own),
  92 %. NULL if it is none of them.
-#}
{% macro mark_text(expression) %}
{{- return("replace(replace(" ~ normal_form(expression) ~ ", ' ', ''), ',', '.')") }}
{% endmacro %}

{% macro mark_numerator(text, scale) %}
{{- return(
    "case when " ~ matches(text, '^[0-9]{1,4}(\\.[0-9]{1,6})?$') ~ " then cast(cast(" ~ text ~ " as numeric(18, 6)) * 1000000 as bigint)"
    ~ " when " ~ matches(text, '^[0-9]{1,4}(\\.[0-9]{1,6})?(%|/0*[1-9][0-9]{0,3})$')
    ~ " then cast(cast(" ~ dbt.split_part("replace(" ~ text ~ ", '%', '/')", "'/'", 1) ~ " as numeric(18, 6)) * 1000000 as bigint) * " ~ scale ~ " end"
) }}
{% endmacro %}

{% macro mark_denominator(text) %}
{{- return(
    "case when " ~ matches(text, '%$') ~ " then 100 when " ~ matches(text, '/0*[1-9][0-9]{0,3}$')
    ~ " then cast(" ~ dbt.split_part(text, "'/'", 2) ~ " as bigint) else 1 end * 1000000"
) }}
{% endmacro %}

{#- The texts of a group, one after the other. -#}
{% macro joined(expression, separator, order) %}
{{- return(dbt.listagg(expression, literal(separator), 'order by ' ~ order) | trim) }}
{% endmacro %}

{#- Whether a text contains another. -#}
{% macro contains(text, part) %}{{ return('(' ~ (dbt.position(part, text) | trim) ~ ' > 0)') }}{% endmacro %}
