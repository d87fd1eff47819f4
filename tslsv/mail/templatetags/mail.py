"""What the templates of mails need; built in, so that they load nothing."""

from django import template

from tslsv.mail import links

register = template.Library()


@register.filter
def absolute(path: str) -> str:
    """``{% url 'about' as page %}{{ page|absolute }}``: the full address of a path of this site."""
    return links.absolute(path)


@register.filter
def quoted(text: str) -> str:
    """Somebody else's words, each line marked with "> ", so that they cannot pass for ours."""
    return "\n".join(f"> {line}".rstrip() for line in str(text).strip().splitlines())
