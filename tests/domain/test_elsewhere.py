"""HTML of ours on pages that are not ours."""

from fediblog.domain.elsewhere import for_elsewhere
from fediblog.domain.markdown import render

_PAGE = "https://blog.example/2024/05/fog"


def test_addresses_are_absolute_and_footnotes_find_each_other() -> None:
    html = render('Fog[^1] ![a](/media/own/a.jpg) [b](../04/rain "c & d")\n\n[^1]: Note.')
    moved = for_elsewhere(html, _PAGE, "post-1")
    assert 'src="https://blog.example/media/own/a.jpg"' in moved
    assert 'href="https://blog.example/2024/04/rain" title="c &amp; d"' in moved
    assert 'href="#post-1-fn1" id="post-1-fnref1"' in moved
    assert '<li id="post-1-fn1"' in moved
    assert 'href="#post-1-fnref1"' in moved


def test_every_picture_of_a_set_is_absolute() -> None:
    html = '<img src="a.jpg" srcset="a.jpg 400w, /b.jpg 800w"><label for="x">x &lt; y</label>'
    assert for_elsewhere(html, _PAGE, "p") == (
        '<img src="https://blog.example/2024/05/a.jpg" srcset="https://blog.example/2024/05/a.jpg '
        '400w, https://blog.example/b.jpg 800w"><label for="p-x">x &lt; y</label>'
    )


def test_an_address_that_is_none_stays_as_it_is() -> None:
    html = '<a href="https://[fog">x</a>'
    assert for_elsewhere(html, _PAGE, "p") == html
