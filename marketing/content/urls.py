"""Pages of content."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.content.views import adverts, assets, communities, feeds, sessions, stories

ADVERT = "adverts/<bigid:advert_id>/"
PUBLISHED = "adverts/archive/<bigid:published_advert_id>/"
ASSET = "content/assets/<bigid:asset_id>/"
STORY = "content/stories/<bigid:public_story_id>/"
POST = "content/posts/<bigid:owner_post_id>/"
SESSION = "content/sessions/<bigid:live_session_id>/"
GROUP = "communities/<bigid:community_id>/"
FEED = "content/feeds/<bigid:project_id>/"

urlpatterns: list[URLPattern] = [
    path("adverts/", adverts.advert_list, name="adverts"),
    path("adverts/add/", adverts.advert_add, name="advert-add"),
    path("adverts/archive/", adverts.advert_archive, name="advert-archive"),
    path(PUBLISHED, adverts.published_advert, name="published-advert"),
    path(f"{PUBLISHED}proof/", adverts.published_proof, name="published-proof"),
    path(ADVERT, adverts.advert, name="advert"),
    path(f"{ADVERT}edit/", adverts.advert_edit, name="advert-edit"),
    path(f"{ADVERT}text/", adverts.advert_write, name="advert-write"),
    path(f"{ADVERT}ask/", adverts.advert_ask, name="advert-ask"),
    path(f"{ADVERT}release/", adverts.advert_release, name="advert-release"),
    path(f"{ADVERT}publish/", adverts.advert_publish, name="advert-publish"),
    path(f"{ADVERT}effect/", adverts.advert_evaluate, name="advert-evaluate"),
    path(f"{ADVERT}stop/", adverts.advert_stop, name="advert-stop"),
    path("content/assets/", assets.asset_list, name="assets"),
    path("content/assets/add/", assets.asset_add, name="asset-add"),
    path(ASSET, assets.asset, name="asset"),
    path(f"{ASSET}edit/", assets.asset_edit, name="asset-edit"),
    path(f"{ASSET}retire/", assets.asset_retire, name="asset-retire"),
    path(f"{ASSET}file/", assets.asset_file, name="asset-file"),
    path("content/messages/", assets.content_messages, name="content-messages"),
    path("content/messages/add/", assets.content_message_add, name="content-message-add"),
    path(
        "content/messages/<bigid:content_message_id>/",
        assets.content_message,
        name="content-message",
    ),
    path("content/stories/", stories.public_stories, name="public-stories"),
    path("content/stories/add/", stories.public_story_add, name="public-story-add"),
    path(STORY, stories.public_story, name="public-story"),
    path(f"{STORY}edit/", stories.public_story_edit, name="public-story-edit"),
    path(f"{STORY}publish/", stories.public_story_publish, name="public-story-publish"),
    path(f"{STORY}end/", stories.public_story_end, name="public-story-end"),
    path("content/posts/", stories.owner_posts, name="owner-posts"),
    path("content/posts/add/", stories.owner_post_add, name="owner-post-add"),
    path("content/posts/wall/", stories.owner_wall, name="owner-wall"),
    path(POST, stories.owner_post, name="owner-post"),
    path(f"{POST}accept/", stories.owner_post_accept, name="owner-post-accept"),
    path(f"{POST}refuse/", stories.owner_post_refuse, name="owner-post-refuse"),
    path(f"{POST}withdraw/", stories.owner_post_withdraw, name="owner-post-withdraw"),
    path(f"{POST}reuse/", stories.owner_post_reuse, name="owner-post-reuse"),
    path("content/sessions/", sessions.live_sessions, name="live-sessions"),
    path("content/sessions/add/", sessions.live_session_add, name="live-session-add"),
    path(SESSION, sessions.live_session, name="live-session"),
    path(f"{SESSION}edit/", sessions.live_session_edit, name="live-session-edit"),
    path(f"{SESSION}ask/", sessions.live_session_ask, name="live-session-ask"),
    path(f"{SESSION}held/", sessions.live_session_held, name="live-session-held"),
    path(f"{SESSION}stop/", sessions.live_session_stop, name="live-session-stop"),
    path("communities/", communities.community_list, name="communities"),
    path("communities/add/", communities.community_add, name="community-add"),
    path(GROUP, communities.community, name="community"),
    path(f"{GROUP}edit/", communities.community_edit, name="community-edit"),
    path(f"{GROUP}posts/add/", communities.community_post_add, name="community-post-add"),
    path(f"{GROUP}questions/add/", communities.community_ask, name="community-ask"),
    path(f"{GROUP}members/add/", communities.community_member_add, name="community-member-add"),
    path(
        "communities/posts/<bigid:community_post_id>/",
        communities.community_posted,
        name="community-posted",
    ),
    path(
        "communities/questions/<bigid:community_question_id>/",
        communities.community_answer,
        name="community-answer",
    ),
    path("content/feeds/", feeds.public_feeds, name="public-feeds"),
    path(FEED, feeds.project_feed, name="project-feed"),
    path(f"{FEED}edit/", feeds.project_feed_edit, name="project-feed-edit"),
    path("feed/<slug:code>/", feeds.public_feed_page, name="public-feed-page"),
    path("feed/<slug:code>/feed.json", feeds.public_feed, name="public-feed"),
]
