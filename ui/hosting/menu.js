{
  // On a phone the menu lies over the page: it closes once a page is chosen
  const NARROW = "(max-width: 768px)"
  document.addEventListener("click", event => {
    if (!event.target.closest?.("[data-testid=stSidebarNavLink], [data-testid=stSidebar] nav a")) return
    if (!matchMedia(NARROW).matches) return
    setTimeout(() => document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click(), 0)
  })
}
